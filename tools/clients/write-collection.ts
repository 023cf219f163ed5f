import { writeFileSync } from 'node:fs'
import { collectionFile, collectionText } from './collection.ts'

// Writes the collection of requests in docs/examples/ from openapi.json.
writeFileSync(collectionFile, collectionText())
