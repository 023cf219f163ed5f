import { DefaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common'

/** A payload that cannot be decoded. Its content, which could be anything, is dropped. */
export class Undecodable {}

/**
 * The SDK's converter, except that undecodable input of a run, signal, update or query becomes an `Undecodable`. The
 * SDK throws instead, which fails the workflow task, and Temporal retries the task forever (`Activator.startWorkflow`
 * and `signalWorkflow` in `@temporalio/workflow` 1.24). Results of activities still throw.
 */
class TolerantPayloadConverter extends DefaultPayloadConverter {
  override fromPayload<T>(payload: Payload, context?: SerializationContext): T {
    try {
      return super.fromPayload<T>(payload, context)
    } catch (error) {
      if (context?.type !== 'workflow') throw error
      return new Undecodable() as T
    }
  }
}

/** The SDK expects this name in a bundle (`payloadConverterPath`). */
export const payloadConverter = new TolerantPayloadConverter()
