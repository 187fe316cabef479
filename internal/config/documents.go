package config

import "errors"

// Documents bounds the GraphQL documents of callers.
type Documents struct {
	Bytes     int // of a document's text
	Tokens    int
	Depth     int // levels of selections
	Aliases   int
	Mutations int // root fields of one mutation
	Cost      int // points of one operation
}

// documentFlags are the flags that bound documents.
type documentFlags struct {
	MaxDocument  int `name:"max-document" setting:"BIS_MAX_DOCUMENT" default:"16" placeholder:"KIB" help:"KiB that a GraphQL document may have."`
	MaxTokens    int `name:"max-tokens" setting:"BIS_MAX_TOKENS" default:"2000" placeholder:"N" help:"Tokens that a GraphQL document may have."`
	MaxDepth     int `name:"max-depth" setting:"BIS_MAX_DEPTH" default:"15" placeholder:"N" help:"Levels of selections that a GraphQL document may have."`
	MaxAliases   int `name:"max-aliases" setting:"BIS_MAX_ALIASES" default:"50" placeholder:"N" help:"Aliases that a GraphQL document may have."`
	MaxMutations int `name:"max-mutations" setting:"BIS_MAX_MUTATIONS" default:"5" placeholder:"N" help:"Root fields that one mutation may have."`
	MaxCost      int `name:"max-cost" setting:"BIS_MAX_COST" default:"20000" placeholder:"POINTS" help:"Points that one GraphQL operation may cost."`
}

// apply checks the flags and sets what they say. A body for /graphql bounds documents, too, so more
// KiB would have no effect.
func (f documentFlags) apply(cfg *Config) error {
	between := func(n, least, most int) bool { return n >= least && n <= most }
	switch {
	case !between(f.MaxDocument, 1, 64):
		return errors.New("--max-document must be 1 to 64, in KiB")
	case !between(f.MaxTokens, 10, 20_000):
		return errors.New("--max-tokens must be 10 to 20000")
	case !between(f.MaxDepth, 2, 100):
		return errors.New("--max-depth must be 2 to 100")
	case !between(f.MaxAliases, 1, 1_000):
		return errors.New("--max-aliases must be 1 to 1000")
	case !between(f.MaxMutations, 1, 100):
		return errors.New("--max-mutations must be 1 to 100")
	case !between(f.MaxCost, 100, 1_000_000):
		return errors.New("--max-cost must be 100 to 1000000")
	}
	cfg.Documents = Documents{
		Bytes: f.MaxDocument << 10, Tokens: f.MaxTokens, Depth: f.MaxDepth, Aliases: f.MaxAliases, Mutations: f.MaxMutations, Cost: f.MaxCost,
	}
	return nil
}
