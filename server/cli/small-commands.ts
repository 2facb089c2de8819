import * as E from 'fp-ts/lib/Either.js'
import { Command } from 'commander'
import { loadSettings } from '../configuration/load-settings.js'
import { writeDocuments } from '../documents/write.js'
import { configLines } from './config.js'
import { print, printAll } from './print.js'
import { progressBar } from './progress.js'
import { Refused, withFoundation } from './session.js'

type ConfigFile = () => string | undefined

/** `tidings config` */
export const configCommand = (configFile: ConfigFile): Command =>
  new Command('config').description('print each setting, where it came from and what it means').action(() => {
    const loaded = loadSettings(process.env, configFile())
    if (E.isLeft(loaded)) throw new Refused(loaded.left.reasons.join('\n  '))
    printAll(configLines(loaded.right))
  })

const rotate = (configFile: ConfigFile, shards: ReadonlyArray<string>): Promise<void> =>
  withFoundation(configFile(), async ({ keyStore, keyring }) => {
    const bar = progressBar('re-wrapping keys')
    const rotated = await keyStore.rotate(shards.length === 0 ? await keyring.list() : shards, bar.update)()
    bar.stop()
    if (E.isLeft(rotated)) throw new Refused(`the key store is away (${rotated.left.reason}): run it again, it goes on where it was`)
    const { rewrapped, destroyedShards } = rotated.right
    print(`${rewrapped} living keys re-wrapped; ${destroyedShards.length} wrapping keys destroyed: what was deleted opens nowhere any more`)
  })

/** Names what it prints as a process is configured. */
const makeVapid = async (): Promise<void> => {
  const { newVapidKeys } = await import('../../adapters/web-push/push-provider.js')
  const { publicKey, privateKey } = newVapidKeys()
  printAll([`TIDINGS_VAPID_PUBLIC_KEY=${publicKey}`, `TIDINGS_VAPID_PRIVATE_KEY=${privateKey}`, 'TIDINGS_VAPID_SUBJECT=mailto:operator@example.org'])
}

/** `tidings keys rotate`, `tidings keys vapid` */
export const keysCommand = (configFile: ConfigFile): Command =>
  new Command('keys').description('the wrapping keys, and those of Web Push').addCommand(
    new Command('rotate')
      .description('re-wrap the living keys and destroy the old wrapping keys: makes forgetting final')
      .argument('[shards...]', 'only these shards (default: all; new keys then go to a new one)')
      .action((shards: ReadonlyArray<string>) => rotate(configFile, shards)),
  ).addCommand(new Command('vapid').description('print a new key pair for Web Push').action(makeVapid))

/** `tidings schemas` */
export const schemasCommand = (): Command =>
  new Command('schemas').description('write docs/schemas/, docs/openapi.json, docs/asyncapi.json and the tables of docs/').action(async () => {
    printAll((await writeDocuments(process.cwd())).map((path) => `wrote ${path}`))
  })
