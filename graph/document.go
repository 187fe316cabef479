package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph/guard"
	"bis/internal/briefing"
	"bis/internal/limit"
)

// persistedQueries lets a client send the hash of a document that it has sent before, instead of
// the document. gqlgen implements the protocol. Malformed extensions are refused first, because
// gqlgen's errors have no code and would count as faults of the server.
type persistedQueries struct {
	extension.AutomaticPersistedQuery
}

// newPersistedQueries returns an empty cache of documents that clients have sent.
func newPersistedQueries() persistedQueries {
	cache := sharedCache{guard.NewCache[string](persistedBytes)}
	return persistedQueries{extension.AutomaticPersistedQuery{Cache: cache}}
}

// resolve replaces a hash in the extensions by its document. It caches a document that came with a
// hash if the document is within the limits.
func (q persistedQueries) resolve(
	ctx context.Context, p *graphql.RawParams, limits guard.Limits,
) *gqlerror.Error {
	if err := checkPersisted(p.Extensions["persistedQuery"], p.Query); err != nil {
		return gqlerror.Wrap(err)
	}
	if _, err := limits.Source(p.Query); err != nil {
		return gqlerror.Wrap(err)
	}
	return q.MutateOperationParameters(ctx, p)
}

// sharedCache caches documents by their hash. A document counts in the part of the caller that
// registered it, and every caller may use it.
type sharedCache struct{ *guard.Cache[string] }

var _ graphql.Cache[string] = sharedCache{}

// Get implements graphql.Cache.
func (c sharedCache) Get(_ context.Context, hash string) (string, bool) { return c.Cache.Get(hash) }

// Add implements graphql.Cache.
func (c sharedCache) Add(ctx context.Context, hash, document string) {
	size := len(hash) + len(document) + persistedCost
	c.Cache.Add(string(limit.CallerOf(ctx)), hash, document, size)
}

// persistedCost is the memory of an entry in addition to its hash and document, in bytes.
const persistedCost = 256

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
