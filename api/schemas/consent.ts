import { z } from '@hono/zod-openapi'
import { consentWays, type Consent } from '../../domain/hosted-page.ts'

/** What a customer agreed to on the hosted page. */
export const consentView = z
  .object({
    version: z.number().int().openapi({ description: 'The version of the sentences' }),
    language: z.string().openapi({ description: 'BCP 47 tag', example: 'de' }),
    way: z.enum(consentWays).openapi({
      description: 'text: by continuing below the sentences; checkbox: by checking the box at them',
    }),
    text: z.string().openapi({ description: 'The sentences, with the URLs of their links in parentheses' }),
    address_hash: z
      .string()
      .nullable()
      .openapi({
        description:
          "Keyed hash of the customer's network address (IPv6: of its /56); null if the call came from the machine " +
          'of the service, or if the customer was deleted',
      }),
    given_at: z.string().openapi({ format: 'date-time' }),
  })
  .nullable()
  .openapi({
    description:
      'What the customer agreed to with the last submitted payment method; null if it was not submitted on the ' +
      'hosted page, or by an earlier release',
  })

/** Returns a consent as the API shows it. */
export const viewConsent = (consent: Consent | null): z.input<typeof consentView> =>
  consent && {
    version: consent.version,
    language: consent.language,
    way: consent.way,
    text: consent.text,
    address_hash: consent.addressHash,
    given_at: consent.givenAt.toISOString(),
  }
