/** A value made wrong in one place, and what was done to it. */
export interface Wrong {
  readonly what: string
  readonly value: unknown
}

type Fields = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** The value with each of its parts replaced, one at a time, by what `replace` makes of it. */
const everywhere = (value: unknown, replace: (part: unknown, path: string) => ReadonlyArray<Wrong>, path = ''): ReadonlyArray<Wrong> => {
  const here = replace(value, path)
  if (Array.isArray(value)) {
    const items: ReadonlyArray<unknown> = value
    return [...here, ...items.flatMap((item, index) =>
      everywhere(item, replace, `${path}/${index}`).map(({ what, value: wrong }) => ({ what, value: items.with(index, wrong) })))]
  }
  if (!isObject(value)) return here
  return [...here, ...Object.entries(value).flatMap(([name, inner]) =>
    everywhere(inner, replace, `${path}/${name}`).map(({ what, value: wrong }) => ({ what, value: { ...value, [name]: wrong } })))]
}

const strangers: ReadonlyArray<unknown> = [null, true, 7.5, '7', '', [], [{}], {}]

/** Every part replaced by values of other types. */
export const wrongTypes = (value: unknown): ReadonlyArray<Wrong> =>
  everywhere(value, (part, path) =>
    strangers.filter((stranger) => typeOf(stranger) !== typeOf(part)).map((stranger) => ({ what: `${path || '/'} = ${JSON.stringify(stranger)}`, value: stranger })))

/** A field too many in every object, names that programs stumble over among them. */
export const unknownFields = (value: unknown): ReadonlyArray<Wrong> =>
  everywhere(value, (part, path) =>
    isObject(part)
      ? ['more', '__proto__', 'constructor', 'toString'].map((name) => ({
          what: `${path}/${name} too many`,
          value: JSON.parse(`${JSON.stringify(part).slice(0, -1)}${Object.keys(part).length === 0 ? '' : ','}${JSON.stringify(name)}:{}}`) as unknown,
        }))
      : [])

/** Every required field of the object's own schema left out. */
export const missingFields = (value: Fields, required: ReadonlyArray<string>): ReadonlyArray<Wrong> =>
  required.map((name) => ({ what: `/${name} missing`, value: Object.fromEntries(Object.entries(value).filter(([field]) => field !== name)) }))
