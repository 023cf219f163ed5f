import { DefaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common'

/** Stands for a payload that cannot be decoded. Its content is dropped: it may hold anything. */
export class Undecodable {}

/**
 * The SDK's converter, except that input of a run, a signal, an update or a query that cannot be decoded becomes an
 * `Undecodable`. The SDK throws there, which fails the workflow task, and Temporal repeats the task for ever
 * (`Activator.startWorkflow` and `signalWorkflow` in `@temporalio/workflow` 1.24). Results of activities still throw.
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

/** The name under which the SDK looks for it in a bundle (`payloadConverterPath`). */
export const payloadConverter = new TolerantPayloadConverter()
