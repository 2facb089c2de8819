import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { documents } from './documents.js'

/** Writes every document that is made from the code, below `checkout`; answers their paths. */
export const writeDocuments = async (checkout: string): Promise<ReadonlyArray<string>> => {
  const all = await documents()
  for (const [path, text] of all) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true })
    writeFileSync(join(checkout, path), text)
  }
  return [...all.keys()]
}
