import { Client } from '@elastic/elasticsearch'

/** A search that takes longer is of no use to whoever asked. */
const REQUEST_TIMEOUT_MS = 5_000
const ANSWER_BYTES = 64 * 1024 * 1024

/**
 * A client of one or more nodes, without connecting. A request whose connection fails is sent again once, to another node if
 * there is one: all of ours are idempotent. Nothing that a node answers is larger than 64 MiB.
 */
export const connectElasticsearch = (urls: ReadonlyArray<string>): Client =>
  new Client({ nodes: [...urls], maxRetries: 1, requestTimeout: REQUEST_TIMEOUT_MS, maxResponseSize: ANSWER_BYTES })
