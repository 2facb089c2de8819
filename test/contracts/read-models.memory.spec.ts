import { readModelsContract } from './read-models/index.js'
import { openMemoryReadModels } from './read-models/memory.js'

readModelsContract('memory', openMemoryReadModels)
