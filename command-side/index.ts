// What other stages may use of the command side.
export type { Caller, CommandSide } from './command-side.js'
export { createCommandSide } from './create.js'
export { commandsForClients } from './api/for-clients.js'
export { commandRoutes } from './api/routes.js'
export { forgetDeleted } from './handling/forgetting.js'
export type { CommandSideDependencies } from './handling/dependencies.js'
