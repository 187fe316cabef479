# The scripts that run tests and benchmarks source this file: no setting of the shell reaches a
# server. The variables of tests and of the scripts themselves stay.
for name in "${!OPENAI_@}" "${!DATABASE_@}" "${!BIS_@}"; do
	case $name in BIS_TEST_* | BIS_INSTALLED | BIS_SCREENSHOTS) ;; *) unset "$name" ;; esac
done
