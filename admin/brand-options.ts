import { z } from 'zod'
import { pageThemes } from '../domain/hosted-page.ts'
import { colourPattern, colourRule } from '../domain/tenant/brand-colour.ts'
import {
  brandCorners,
  brandFonts,
  longestLegalName,
  longestStatementName,
  type LooksChanges,
} from '../domain/tenant/brand-looks.ts'
import { isPhone } from '../domain/tenant/customer-profile.ts'
import { toEmail } from '../domain/text/email.ts'
import { isLinkAddress, linkRule, logoOrigin, logoRule, longestLink } from '../domain/text/web-addresses.ts'
import { option } from './options.ts'

const address = (accepts: (text: string) => boolean, rule: string) =>
  z.string().max(longestLink).refine(accepts, rule).optional()
const logo = address((text) => logoOrigin(text) !== undefined, logoRule)
const link = address(isLinkAddress, linkRule)
const line = (most: number) => z.string().min(1).max(most).optional()

/** Options for the looks of a brand. */
export const brandOptions = {
  colour: option(z.string().regex(colourPattern, colourRule).toLowerCase().optional(), '#2f5bd7'),
  'logo-url': option(logo, 'https://…'),
  'logo-dark-url': option(logo, 'https://…', 'the logo on a dark background'),
  corner: z.enum(brandCorners).optional(),
  font: z.enum(brandFonts).optional(),
  theme: z.enum(pageThemes).optional(),
  'legal-name': option(line(longestLegalName), 'text', 'the company that the customer agrees with'),
  'statement-name': option(line(longestStatementName), 'text', 'the name on the card statement'),
  'terms-url': option(link, 'https://…'),
  'privacy-url': option(link, 'https://…'),
  'support-contact': option(line(200), 'text', 'an email address, phone number or URL'),
  'support-email': option(
    z
      .string()
      .refine((text) => toEmail(text), 'must be an email address')
      .optional(),
    'email',
  ),
  'support-phone': option(z.string().refine(isPhone, 'must be in E.164 form').optional(), '+27123456789'),
  'support-url': option(link, 'https://…'),
}

/** Returns the looks of a command; undefined if not given. */
export const toLooks = (input: z.output<z.ZodObject<typeof brandOptions>>): LooksChanges => ({
  colour: input.colour,
  logoUrl: input['logo-url'],
  logoDarkUrl: input['logo-dark-url'],
  corner: input.corner,
  font: input.font,
  theme: input.theme,
  legalName: input['legal-name'],
  statementName: input['statement-name'],
  termsUrl: input['terms-url'],
  privacyUrl: input['privacy-url'],
  supportContact: input['support-contact'],
  supportEmail: input['support-email'] && toEmail(input['support-email']),
  supportPhone: input['support-phone'],
  supportUrl: input['support-url'],
})
