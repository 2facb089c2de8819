import type { ApiRoute } from './api-route.js'

const literal = (segment: string): string => segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const patternOf = (url: string): RegExp => new RegExp(`^${url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : literal(segment))).join('/')}$`)

/** Which methods an address would have taken; none: there is nothing at it. */
export const methodsAt = (routes: ReadonlyArray<ApiRoute>): ((path: string) => ReadonlyArray<string>) => {
  const patterns = routes.map(({ url, method }) => ({ pattern: patternOf(url), method }))
  return (path) => [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort()
}
