// A server with graphql-ws, the reference implementation of graphql-transport-ws, and ws, set up as
// in their documentation. It pings every 12 s and does not compress, by default. Topics are a map
// of sets of async iterators.
import { createServer } from 'node:http'
import { buildSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'

const topics = new Map()

// subscribe is an async iterator with a queue of its own.
function subscribe(topic) {
  const waiting = []
  let wake = null
  let over = false
  const push = (briefing) => {
    waiting.push(briefing)
    wake?.()
  }
  if (!topics.has(topic)) topics.set(topic, new Set())
  topics.get(topic).add(push)
  const end = async () => {
    over = true
    topics.get(topic)?.delete(push)
    wake?.()
    return { done: true, value: undefined }
  }
  return {
    [Symbol.asyncIterator]() { return this },
    async next() {
      while (waiting.length === 0 && !over) {
        await new Promise((resolve) => { wake = resolve })
        wake = null
      }
      return over ? { done: true, value: undefined } : { done: false, value: { briefings: waiting.shift() } }
    },
    return: end,
    throw: end,
  }
}

const schema = buildSchema(`
  scalar Cursor
  type Query { ready: Boolean! }
  type Subscription { briefings(requestId: ID!, after: Cursor): Briefing! }
  type Briefing { cursor: Cursor!  at: String!  caption: String! }
`)
schema.getSubscriptionType().getFields().briefings.subscribe = (_, { requestId }) => subscribe(requestId)

function publish(topic, caption) {
  const briefing = { cursor: 'AWkk8xQyAAAAAAAAAWkk8xQyAAAAAAAAAQ', at: new Date().toISOString(), caption }
  for (const push of topics.get(topic) ?? []) push(briefing)
}

const server = createServer((req, res) => {
  const url = new URL(req.url, 'http://127.0.0.1')
  if (req.method !== 'POST' || url.pathname !== '/publish') {
    res.writeHead(404).end()
    return
  }
  const parts = []
  req.on('data', (part) => parts.push(part))
  req.on('end', () => {
    publish(url.searchParams.get('topic'), Buffer.concat(parts).toString())
    res.end()
  })
})
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }))
server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => console.log(`http://127.0.0.1:${server.address().port}`))
process.on('SIGTERM', () => process.exit(0))
