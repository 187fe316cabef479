# make help lists what there is.
.PHONY: help run build generate test fuzz bench states assets web notices clean

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## run the server with its defaults
	go run .

build: ## build ./bis, a static binary
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bis .

generate: ## generate graph/ from schema.graphqls
	go tool gqlgen generate

test: ## the whole gate: checks, tests, clients, browser; STEP='vet unit' runs some of its steps, STEP=help lists them
	@bash scripts/test.sh $(STEP)

fuzz: ## every fuzz target for FUZZTIME=60s each; FUZZ='FuzzEndTime' runs some
	@FUZZTIME=$(or $(FUZZTIME),60s) FUZZCACHE=.cache/fuzz bash scripts/fuzz.sh $(FUZZ)

bench: ## figures of speed and memory, with ratios; BENCH='subscriptions topics' runs some, BENCH=--help lists them
	@bash scripts/bench.sh $(BENCH)

states: ## states of ordinary pictures, with false alarms; BIS_TEST_STREET=FOLDER adds a real camera's frames
	@go test -count=1 -v -run 'Measurer_states_nothing|recorded' ./internal/pipeline/measure

assets: ## fetch the explorers' files and the runtime of neural networks anew from their packages
	bash scripts/explorer-assets.sh
	bash scripts/onnxruntime.sh

web: ## build the console's files in web/dist
	bash scripts/web.sh

notices: ## write THIRD_PARTY_NOTICES from the modules that are linked
	bash scripts/notices.sh

clean: ## remove what was built
	rm -rf bis .cache node_modules
