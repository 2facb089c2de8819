import { Command, InvalidArgumentError } from 'commander'
import { demoCommand } from './demo-command.js'
import { logCommands } from './log-commands.js'
import { projectionCommands } from './projection-commands.js'
import { configCommand, keysCommand, schemasCommand } from './small-commands.js'
import { startCommand } from './start-command.js'
import { Refused } from './session.js'

const program = new Command('tidings')
  .description('Private messaging as an event-sourced system')
  .option('--config <file>', 'a JSON file of settings (default: tidings.json, if there)')
  .showHelpAfterError()
const configFile = (): string | undefined => program.opts<{ config?: string }>().config

for (const command of [
  startCommand(configFile), configCommand(configFile), ...logCommands(configFile), ...projectionCommands(configFile),
  keysCommand(configFile), schemasCommand(), demoCommand(),
]) program.addCommand(command)

try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof Refused) && !(error instanceof InvalidArgumentError)) throw error
  process.stderr.write(`tidings: ${error.message}\n`)
  process.exitCode = 1
}
