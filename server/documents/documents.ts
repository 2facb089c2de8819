import { openApiDocument } from '../../adapters/http/application.js'
import { jsonSchemas } from '../../events/json-schemas.js'
import { asyncApiDocument } from '../../gateway/index.js'
import { describedRoutes } from './routes.js'
import { configurationPage, errorsPage, limitsPage } from './tables.js'

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Every document that is made from the code, by its path in the checkout; the same on every call. */
export const documents = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ['docs/limits.md', limitsPage()],
    ['docs/errors.md', errorsPage()],
    ['docs/configuration.md', configurationPage()],
    ['docs/openapi.json', json(await openApiDocument(describedRoutes()))],
    ['docs/asyncapi.json', json(asyncApiDocument())],
    ...[...jsonSchemas()].map(([path, schema]): [string, string] => [`docs/schemas/${path}`, json(schema)]),
  ])
