import { z } from '@hono/zod-openapi'
import {
  completionActions,
  pageLocales,
  pageThemes,
  type PageChanges,
  type PageOptions,
} from '../../domain/hosted-page.ts'
import { isLinkAddress, linkRule, longestLink } from '../../domain/text/web-addresses.ts'
import { mustBe } from './fields.ts'

/** The language of the page. */
export const locale = z.enum(pageLocales, mustBe(`one of ${pageLocales.join(', ')}`))

/** An address that the page links or redirects to. It stays as the caller wrote it. */
export const link = z
  .string(mustBe('a string'))
  .max(longestLink, `must be at most ${longestLink} characters`)
  .refine(isLinkAddress, linkRule)
  .openapi({ format: 'uri', example: 'https://app.example.com/billing' })

const added = 'The query parameters billing_customer_id and status are added'
export const returnUrlMeaning = `Where the customer goes after the end of the setup. ${added}`
export const cancelUrlMeaning = `Where the customer can go instead of completing the setup. ${added}, status=canceled`

const theme = z.enum(pageThemes, mustBe(`one of ${pageThemes.join(', ')}`))
const onCompletion = z.enum(completionActions, mustBe(`one of ${completionActions.join(', ')}`))

/** Page options of a call. A missing option keeps its value; null removes it. */
export const pageOptions = z
  .strictObject(
    {
      locale: locale.nullish().openapi({
        description:
          "The language of the page. Default: by the browser's Accept-Language, or else the setting page_locale",
      }),
      return_url: link.nullish().openapi({ description: returnUrlMeaning }),
      cancel_url: link.nullish().openapi({ description: cancelUrlMeaning }),
      on_completion: onCompletion.nullish().openapi({
        description:
          'What the page does after a completed setup. button and redirect require return_url. Default: button with ' +
          'return_url, otherwise stay',
      }),
      theme: theme.nullish().openapi({ description: "The colors of the page. Default: the brand's theme" }),
    },
    mustBe('an object'),
  )
  .openapi('PageOptions')

/** The page options of an onboarding. */
export const pageView = z
  .object({
    locale: z.string().nullable(),
    return_url: z.string().nullable(),
    cancel_url: z.string().nullable(),
    on_completion: z.enum(completionActions).nullable(),
    theme: z.enum(pageThemes).nullable(),
  })
  .openapi({ description: 'Options of the hosted page; null: not set' })

/** Returns the options of a call; undefined if it has none. */
export const toPageChanges = (page: z.output<typeof pageOptions> | undefined): PageChanges | undefined =>
  page && {
    locale: page.locale,
    returnUrl: page.return_url,
    cancelUrl: page.cancel_url,
    onCompletion: page.on_completion,
    theme: page.theme,
  }

export const viewPage = (page: PageOptions): z.input<typeof pageView> => ({
  locale: page.locale,
  return_url: page.returnUrl,
  cancel_url: page.cancelUrl,
  on_completion: page.onCompletion,
  theme: page.theme,
})
