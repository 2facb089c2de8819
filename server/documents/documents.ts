import { errorsPage, configurationPage, limitsPage } from './tables.js'

/** Every document that is made from the code, by its path in the checkout. */
export const documents = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([['docs/limits.md', limitsPage()], ['docs/errors.md', errorsPage()], ['docs/configuration.md', configurationPage()]])
