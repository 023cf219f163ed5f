import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Parts of the paths of files that take minutes: each runs whole programs, and could otherwise be the last one. */
const long = ['/upgrade-drill/', '/chaos/', '/matrix.test', '/stack.test', '/failed-starts.test', '/production.test']

/** Starts the long files first, also in a clone that has not measured them yet. */
export default class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = long.findIndex((part) => moduleId.includes(part))
      return rank === -1 ? long.length : rank
    }
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b))
  }
}
