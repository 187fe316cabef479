package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	validation "github.com/vektah/gqlparser/v2/validator/rules"

	"bis/graph/guard"
	"bis/internal/briefing"
	"bis/internal/limit"
)

// Sizes of the caches of documents, in bytes.
const (
	documentBytes  = 32 << 20 // parsed documents
	persistedBytes = 8 << 20  // documents that clients registered by their hash
	// bytesPerToken is the memory of a parsed document per token. Short fields take the most, 230
	// bytes; fields with arguments take 84.
	bytesPerToken = 256
)

// admission decides whether an operation may run. Its steps run from the cheapest to the most
// expensive: the text, the document, its validation, the variables, the cost of the operation. An
// admitted document is cached, so it passes the first three steps once. An admission is safe for
// concurrent use.
type admission struct {
	schema    *ast.Schema
	limits    guard.Limits
	prices    *guard.Prices
	rules     *validation.Rules
	documents *guard.Cache[*ast.QueryDocument]
	persisted persistedQueries
}

func newAdmission(schema *ast.Schema, limits guard.Limits) *admission {
	return &admission{
		schema:    schema,
		limits:    limits,
		prices:    guard.NewPrices(schema, briefing.DefaultPage, briefing.MaxPage, prices),
		rules:     guard.Rules(),
		documents: guard.NewCache[*ast.QueryDocument](documentBytes),
		persisted: newPersistedQueries(),
	}
}

// maxText is the size in bytes of the longest caption: 2,000 characters of 4 bytes.
const maxText = 8_000

// prices are the fields whose cost differs from the default of one point and 32 bytes. The points
// were measured: reading a page of 500 briefings takes 2.5 ms, and one trip to the store takes as
// long as 50 fields that are in memory. A preview may wait for a model, and a run captures a frame.
var prices = map[string]guard.Price{
	"Query.user":              {Points: trip},
	"Query.request":           {Points: trip},
	"Query.requests":          {Points: trip, Each: row},
	"Query.briefings":         {Points: trip, Each: row},
	"Query.briefing":          {Points: trip},
	"Query.dayBriefings":      {Points: 2_000, Each: row},
	"Query.occupancy":         {Points: 4_000, Length: 96},
	"Query.cameras":           {Points: trip, Length: 100, Each: row},
	"Query.camera":            {Points: trip},
	"Query.custom":            {Points: trip, Length: 10, Bytes: 800},
	"Query.aiSummary":         {Points: 2_000},
	"Query.styleSheet":        {Points: 2 * trip},
	"Query.usage":             {Points: 2 * trip, Length: 92},
	"Query.providers":         {Length: 2},
	"Mutation.deleteUserData": {Points: 5_000},
	"Mutation.extendBriefing": {Points: trip},
	"Mutation.login":          {Points: 100},
	"Mutation.markSeen":       {Points: trip},
	"Mutation.previewStyle":   {Points: 2_000},
	"Mutation.reportBriefing": {Points: trip},
	"Mutation.rewriteStyle":   {Points: 2_000},
	"Mutation.runNow":         {Points: 2_000},
	"Mutation.saveStyle":      {Points: trip},
	"Mutation.testCamera":     {Points: 2_000},
	"CameraTest.picture":      {Bytes: 600_000},
	"CameraTest.leaves":       {Points: 500, Bytes: 400_000},
	"Camera.lastFrame":        {Points: row},
	"Briefing.frame":          {Points: 2},
	"User.activeRequest":      {Points: trip},
	"User.activeRequests":     {Points: trip, Length: 20, Each: row},
	"Request.camera":          {Points: trip},
	"User.requests":           {Points: trip, Each: row},
	"User.custom":             {Length: 10, Bytes: 800},
	"Request.briefings":       {Points: trip, Each: row},
	"Briefing.caption":        {Bytes: maxText},
	"Briefing.text":           {Bytes: maxText},
	"Briefing.counts":         {Length: 4},
	"Briefing.description":    {Bytes: 1_000},
	"Briefing.headline":       {Bytes: 80},
	"Briefing.question":       {Bytes: 600},
	"Made.rejected":           {Points: row, Length: 4},
	"Made.said":               {Length: 3},
	"RefusedText.text":        {Bytes: 600},
	"SaidLine.line":           {Bytes: 200},
	"SaidLine.slots":          {Length: 2},
	"SheetLine.line":          {Bytes: 200},
	"SheetLine.sample":        {Bytes: 200},
	"SheetLines.lines":        {Length: 3},
	"StyleNote.text":          {Bytes: 300},
	"StylePreview.after":      {Bytes: maxText},
	"StylePreview.before":     {Bytes: maxText},
	"StylePreview.samples":    {Length: 5},
	"StyleSample.after":       {Bytes: maxText},
	"StyleSheet.keys":         {Length: 100},
	"StyleSheet.refused":      {Length: 150},
	"Facts.counts":            {Length: 4},
	"Facts.boxes":             {Length: 20},
	"Tiles.busy":              {Length: 300, Bytes: 6},
	"Counting.detail":         {Bytes: 300},
	"Summary.text":            {Bytes: maxText},
	"Camera.zones":            {Length: 2},
	"Camera.masks":            {Length: 2},
	"Camera.egress":           {Length: 2},
	"Camera.source":           {Bytes: 100},
	"CameraHealth.detail":     {Bytes: 300},
	"CameraHealth.words":      {Bytes: 100},
	"Polygon.points":          {Length: 6},
	"Frame.url":               {Bytes: 64},
	"Summary.advice":          {Length: 5},
	"Figures.hours":           {Length: 24},
	"Advice.text":             {Bytes: 600},
}

// Points of one trip to the store, and of each row that the store returns.
const (
	trip = 50
	row  = 12
)

// load returns the validated document of a query. It caches a new document in the caller's part of
// the cache. Its errors come from the guard or have a code of package errcode.
func (a *admission) load(caller limit.Caller, query string) (*ast.QueryDocument, gqlerror.List) {
	if doc, ok := a.documents.Get(query); ok {
		return doc, nil
	}
	tokens, err := a.limits.Source(query)
	if err != nil {
		return nil, gqlerror.List{gqlerror.Wrap(err)}
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return nil, coded(errcode.ParseFailed, err)
	}
	if len(doc.Operations) == 0 {
		return nil, coded(errcode.ValidationFailed, gqlerror.Errorf("no operation provided"))
	}
	if err := a.limits.Document(doc); err != nil {
		return nil, gqlerror.List{gqlerror.Wrap(err)}
	}
	if list := validator.ValidateWithRules(a.schema, doc, a.rules); len(list) > 0 {
		return nil, coded(errcode.ValidationFailed, list)
	}
	a.documents.Add(string(caller), query, doc, len(query)+tokens*bytesPerToken)
	return doc, nil
}

// coded sets the code of each error of a document. It returns at most guard.MaxErrors errors.
func coded(code string, err error) gqlerror.List {
	list, ok := err.(gqlerror.List)
	if !ok {
		list = gqlerror.List{gqlerror.WrapIfUnwrapped(err)}
	}
	list = list[:min(len(list), guard.MaxErrors)]
	for _, e := range list {
		errcode.Set(e, code)
	}
	return list
}

// create finds a persisted document, admits it, and prices the operation with its variables.
func (g gate) create(
	ctx context.Context, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	if params.Extensions["persistedQuery"] != nil {
		refused := refusedOperation(params)
		ctx := graphql.WithOperationContext(ctx, refused)
		if err := g.admission.persisted.resolve(ctx, params, g.admission.limits); err != nil {
			return refused, gqlerror.List{err}
		}
	}
	doc, errs := g.admission.load(limit.CallerOf(ctx), params.Query)
	if errs != nil {
		return refusedOperation(params), errs
	}
	if op := doc.Operations.ForName(params.OperationName); op != nil {
		if err := g.admission.limits.Inputs(op, params.Variables); err != nil {
			return refusedOperation(params), gqlerror.List{gqlerror.Wrap(err)}
		}
	}
	ctx = context.WithValue(ctx, documentKey{}, doc)
	op, errs := g.GraphExecutor.CreateOperationContext(ctx, params)
	if errs != nil {
		return op, errs[:min(len(errs), guard.MaxErrors)]
	}
	cost, refusal := g.admission.limits.Operation(g.admission.prices, op.Operation, op.Variables)
	if refusal != nil {
		return op, gqlerror.List{gqlerror.Wrap(refusal)}
	}
	estimated(op, cost)
	return op, nil
}

// documentKey is the context key of the admitted document.
type documentKey struct{}

// admitted takes the place of the executor's cache of documents. It returns the admitted document,
// so the executor neither parses nor validates a document again.
type admitted struct{}

var _ graphql.Cache[*ast.QueryDocument] = admitted{}

// Get implements graphql.Cache.
func (admitted) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := ctx.Value(documentKey{}).(*ast.QueryDocument)
	return doc, ok
}

// Add implements graphql.Cache. It does nothing: the admission caches documents.
func (admitted) Add(context.Context, string, *ast.QueryDocument) {}
