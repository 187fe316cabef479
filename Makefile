# make help lists what there is.
.PHONY: help run build generate test bench assets notices clean

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## run the server with its defaults
	go run .

build: ## build ./bis, a static binary
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bis .

generate: ## generate graph/ from schema.graphqls
	go tool gqlgen generate

test: ## the whole gate: formats, checks, tests, clients, browser
	@bash scripts/test.sh

bench: ## figures of speed and memory, with ratios
	@bash scripts/bench.sh

assets: ## fetch the explorers' files anew from their packages
	bash scripts/explorer-assets.sh

notices: ## write THIRD_PARTY_NOTICES from the modules that are linked
	bash scripts/notices.sh

clean: ## remove what was built
	rm -rf bis .cache node_modules
