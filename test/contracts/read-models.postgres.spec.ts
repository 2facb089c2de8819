import { describeWith } from '../support/services/index.js'
import { readModelsContract } from './read-models/index.js'
import { openPostgresReadModels } from './read-models/postgres.js'

describeWith(['postgres'], 'Postgres', () => {
  readModelsContract('Postgres', openPostgresReadModels)
})
