import { memorySearchIndex } from '../../adapters/memory/search-index.js'
import { searchIndexContract } from './search-index/index.js'

searchIndexContract('memory', async () => ({ index: memorySearchIndex(), close: async () => undefined }), { corpora: 20, questions: 20 })
