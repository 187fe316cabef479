package explorer

// scripts has the pages' own files by name. They are files because the content security policy
// forbids scripts inside a page.
var scripts = map[string]string{
	"graphiql-page.js":   graphiqlPage,
	"playground-page.js": playgroundPage,
	"favicon.svg":        favicon,
}

// favicon is the picture of a lens on a green background.
const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">` +
	`<rect width="32" height="32" rx="7" fill="#14532d"/>` +
	`<circle cx="16" cy="14" r="6" fill="none" stroke="#fff" stroke-width="2.5"/>` +
	`<circle cx="16" cy="14" r="2" fill="#fff"/>` +
	`<path d="M8 25h16" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>`

// sample is the document that both explorers show at first.
const sample = "const sample = `" + `# 5초마다 매장 브리핑을 받습니다. Briefs you every 5 seconds; press the play button.
subscription Start {
  startBriefing(input: { username: "kim", interval: 5, endTime: "23:59" }) {
    at
    caption
    counts { name count }
    degraded
    cursor
  }
}

# 지난 브리핑. What was said before.
query Past {
  requests(username: "kim", first: 3) {
    edges { node { id name active ticks { done skipped missed } briefings(last: 5) { edges { node { text } } } } }
  }
}
` + "`;\n"

// graphiqlPage is the script that starts GraphiQL. Subscriptions use the client graphql-ws, which
// is set to reconnect up to 20 times after any close.
const graphiqlPage = sample + `const root = document.getElementById("root");
const endpoint = new URL(root.dataset.endpoint, location.href);
const socket = new URL(endpoint);
socket.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const fetcher = GraphiQL.createFetcher({
  url: endpoint.href,
  wsClient: graphqlWs.createClient({ url: socket.href, retryAttempts: 20, shouldRetry: () => true }),
});
ReactDOM.createRoot(root).render(React.createElement(GraphiQL, { fetcher, defaultQuery: sample, shouldPersistHeaders: false }));
`

// playgroundPage is the script that starts GraphQL Playground, whose subscriptions use the older
// protocol of subscriptions-transport-ws.
const playgroundPage = sample + `const root = document.getElementById("root");
const endpoint = new URL(root.dataset.endpoint, location.href);
const socket = new URL(endpoint);
socket.protocol = location.protocol === "https:" ? "wss:" : "ws:";
GraphQLPlayground.init(root, {
  endpoint: endpoint.href,
  subscriptionEndpoint: socket.href,
  settings: { "request.credentials": "same-origin", "editor.theme": "dark" },
  tabs: [{ endpoint: endpoint.href, query: sample, name: "BIS" }],
});
`
