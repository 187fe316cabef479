# The scripts that install something source this file. make test prints their reports in its table,
# next to each step.

# installed appends one line to the file BIS_INSTALLED, if that is set.
installed() { [ -z "${BIS_INSTALLED:-}" ] || printf '%s\n' "$*" >>"$BIS_INSTALLED"; }

# apt_install installs one package as root and reports its version. Options of apt-get install may
# follow the name.
apt_install() {
	local package=$1 before
	shift
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
	before=$(dpkg-query -W -f . | wc -c)
	{ apt-get install -y "$@" "$package" || { apt-get update && apt-get install -y "$@" "$package"; }; } >/dev/null 2>&1 || return 1
	installed "$(dpkg-query -W -f 'apt: ${Package} ${Version}' "$package"), $(($(dpkg-query -W -f . | wc -c) - before)) packages in all"
}

# pip_installed reports the packages that a file of pinned packages names.
pip_installed() { installed "pip: $(sed 's/==/ /' "$1" | paste -sd, | sed 's/,/, /g')"; }

# python_venv installs the packages that scripts/NAME.txt pins into .cache/NAME, unless they are
# there, and sets venv to that folder. $1 is the NAME. The current folder is that of the repository.
# What the tools print goes to standard error.
python_venv() {
	local list=scripts/$1.txt stamp interpreter
	venv=$PWD/.cache/$1
	stamp=$venv/$(sha256sum "$list" | cut -c1-16)
	# A program there names its interpreter by its path, so a folder that was moved is made anew.
	interpreter=$(sed -n "1s/^..//p" "$venv/bin/pip" 2>/dev/null || true)
	[ ! -e "$stamp" ] || [ ! -x "$interpreter" ] || return 0
	command -v python3 >/dev/null || { echo 'python3 is missing: apt-get install -y python3 python3-venv' >&2; exit 1; }
	rm -rf "$venv"
	python3 -m venv "$venv" >&2 # a failure explains itself there
	"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$list" >&2
	touch "$stamp"
	pip_installed "$list"
}

# npm_install installs the packages of the current folder's lock file into node_modules and reports
# their names. If node_modules matches the lock file already, it does nothing, because npm ci would
# empty the folder first.
npm_install() {
	cmp -s package-lock.json node_modules/.installed 2>/dev/null && return
	npm ci --silent --no-audit --no-fund
	cp package-lock.json node_modules/.installed
	installed "npm: $(node -p '
		const all = require("./package-lock.json").packages, named = Object.entries(all[""].devDependencies).map(p => p.join(" "));
		named.join(", ") + ", " + (Object.keys(all).length - 1) + " packages in all"')"
}

# go_modules downloads the modules of the current folder and reports how many were missing. $1 names
# the folder.
go_modules() {
	local before got
	before=$(module_archives)
	go mod download
	got=$(($(module_archives) - before))
	[ $got = 0 ] || installed "Go modules: $got as pinned in ${1:-}go.sum"
}
module_archives() { { find "$(go env GOMODCACHE)/cache/download" -name '*.zip' 2>/dev/null || true; } | wc -l; }
