import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { Settings } from 'typebox/system'
import { Errors } from 'typebox/value'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { coerced } from './coercion.js'
import { narrowed } from './narrowing.js'
import { Refused } from './problems.js'

/** Errors told in one answer. */
export const ERRORS_AT_MOST = 32
const NAME_CHARACTERS_AT_MOST = 64
// TypeBox stops at eight otherwise, and counts an unknown field twice.
Settings.Set({ maxErrors: 4 * ERRORS_AT_MOST })

export type Part = 'body' | 'querystring' | 'params'
type FieldErrors = NonNullable<Problem['errors']>

const shortened = (name: string): string => (name.length <= NAME_CHARACTERS_AT_MOST ? name : `${name.slice(0, NAME_CHARACTERS_AT_MOST)}…`)

const told = (error: TLocalizedValidationError): FieldErrors => {
  const at = (names: ReadonlyArray<string>, message: string) => names.map((name) => ({ path: `${error.instancePath}/${shortened(name)}`, message }))
  switch (error.keyword) {
    case 'additionalProperties':
      return at(error.params.additionalProperties, 'unknown field')
    case 'required':
      return at(error.params.requiredProperties, 'required')
    case 'enum':
      return [{ path: error.instancePath, message: `must be one of ${error.params.allowedValues.join(', ')}` }]
    case 'boolean':
      return []
    default:
      return [{ path: error.instancePath, message: error.message }]
  }
}

const errorsOf = (schema: TSchema, value: unknown, part: Part): FieldErrors =>
  Errors(narrowed(schema, value), value)
    .flatMap(told)
    .slice(0, ERRORS_AT_MOST)
    .map(({ path, message }) => ({ path: `/${part === 'querystring' ? 'query' : part}${path}`, message }))

/**
 * Checks one part of a request. Nothing is removed or filled in: an unknown field is an error. What stands in the URL is
 * text, so there numbers, booleans and lists are read as the schema says. The value, or the refusal with every error.
 */
export const validatorOf = (schema: TSchema, part: Part): ((value: unknown) => { readonly value: unknown } | { readonly error: Refused }) => {
  const validator = Compile(schema)
  return (received) => {
    const value = part === 'body' ? received : coerced(schema, received)
    return validator.Check(value) ? { value } : { error: new Refused(problem('malformed', { errors: [...errorsOf(schema, value, part)] })) }
  }
}
