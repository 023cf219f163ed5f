import { ApplicationFailure } from '@temporalio/common'
import { Failure } from '../domain/failure/failures.ts'
import { applyCommand as apply, type Command } from '../store/lifecycle/commands.ts'
import { readSettings } from '../store/tenants/settings.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import type { OnboardingReference } from '../domain/reference.ts'

/** Applies a command that an operator sent in Temporal UI, as the API does. */
export const applyCommand =
  ({ database, settingDefaults }: ActivityDependencies) =>
  async (reference: OnboardingReference, updateId: string, command: Command): Promise<'done' | 'ended'> => {
    const settings = await readSettings(database, settingDefaults, reference)
    try {
      return await apply(database, reference, { actor: 'operator', updateId }, command, settings)
    } catch (error) {
      if (error instanceof Failure) throw ApplicationFailure.nonRetryable(error.message, 'Refused')
      throw error
    }
  }
