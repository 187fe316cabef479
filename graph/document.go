package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
)

// documents is the gqlgen extension that finds the document of an operation, before it is parsed
// and cached. It refuses a long one, and lets clients send the hash of a document instead of a
// document that they have sent before. gqlgen implements the protocol. Malformed extensions are
// refused first, because gqlgen's errors have no code and would count as faults of the server.
type documents struct {
	extension.AutomaticPersistedQuery
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = documents{}

// newDocuments returns the extension with an empty cache of documents that clients have sent.
func newDocuments() documents {
	return documents{extension.AutomaticPersistedQuery{Cache: lru.New[string](persistedLen)}}
}

// MutateOperationParameters refuses a long document, replaces a hash by its document, or caches a
// document by its hash. It runs before the document is parsed.
func (d documents) MutateOperationParameters(
	ctx context.Context, p *graphql.RawParams,
) *gqlerror.Error {
	if len(p.Query) > maxDocument {
		return refuse("the document must have at most 16 KiB")
	}
	if given := p.Extensions["persistedQuery"]; given != nil {
		if err := checkPersisted(given, p.Query); err != nil {
			return gqlerror.Wrap(err)
		}
	}
	return d.AutomaticPersistedQuery.MutateOperationParameters(ctx, p)
}

// checkPersisted refuses an extension that is not version 1 of the protocol, and a hash that is not
// the document's. The error is an InvalidError.
func checkPersisted(given any, document string) error {
	named, ok := given.(map[string]any)
	if !ok {
		return briefing.Invalid("persistedQuery", "must be a JSON object")
	}
	if named["version"] != json.Number("1") {
		return briefing.Invalid("version", "must be 1")
	}
	hash, _ := named["sha256Hash"].(string)
	raw, err := hex.DecodeString(hash)
	if err != nil || len(raw) != sha256.Size || hash != strings.ToLower(hash) {
		return briefing.Invalid("sha256Hash", "must be 64 hex digits in lower case")
	}
	sum := sha256.Sum256([]byte(document))
	if document != "" && hash != hex.EncodeToString(sum[:]) {
		return briefing.Invalid("sha256Hash", "must be the hash of the query that comes with it")
	}
	return nil
}
