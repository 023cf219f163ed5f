import { z } from '@hono/zod-openapi'
import { pageThemes } from '../../domain/hosted-page.ts'
import { colourPattern, colourRule } from '../../domain/tenant/brand-colour.ts'
import { contrastOf } from '../../domain/tenant/brand-contrast.ts'
import {
  brandCorners,
  brandFonts,
  longestLegalName,
  longestStatementName,
  type BrandLooks,
  type LooksChanges,
} from '../../domain/tenant/brand-looks.ts'
import { logoOrigin, logoRule } from '../../domain/text/web-addresses.ts'
import * as fields from './fields.ts'
import { link } from './page-options.ts'

const logo = (example: string) =>
  z
    .string(fields.mustBe('a string'))
    .max(2000, 'must be at most 2000 characters')
    .refine((address) => logoOrigin(address) !== undefined, logoRule)
    .nullish()
    .openapi({ format: 'uri', example })
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, fields.mustBe(`one of ${values.join(', ')}`)).nullish()
const page = (example: string, description: string) => link.nullish().openapi({ example, description })

/** Fields of a brand besides its name. Null removes one. */
export const looksFields = {
  logo_url: logo('https://cdn.example.com/logo.svg'),
  logo_dark_url: logo('https://cdn.example.com/logo-dark.svg').openapi({
    description: 'The logo on a dark background. Default: logo_url, on a white plate',
  }),
  colour: z
    .string(fields.mustBe('a string'))
    .regex(colourPattern, colourRule)
    .toLowerCase()
    .nullish()
    .openapi({ example: '#2f5bd7' }),
  corner: oneOf(brandCorners).openapi({ description: 'The corners of buttons and boxes. Default: rounded' }),
  font: oneOf(brandFonts).openapi({ description: "One of the fonts of the customer's device. Default: system" }),
  theme: oneOf(pageThemes).openapi({ description: "auto, the default, follows the customer's device" }),
  legal_name: fields
    .name(longestLegalName, 'Northwind Fitness GmbH')
    .nullish()
    .openapi({ description: 'The company that the customer agrees with. Default: name' }),
  statement_name: fields.name(longestStatementName, 'NORTHWIND FITNESS').nullish().openapi({
    description: "The name on the customer's card statement. Only shown: the gateway's account determines it",
  }),
  terms_url: page('https://example.com/terms', 'The terms that the customer agrees to'),
  privacy_url: page('https://example.com/privacy', 'The privacy policy'),
  support_contact: fields.name(200, 'help@example.com').nullish(),
  support_email: fields.email().nullish(),
  support_phone: fields.phone.nullish(),
  support_url: page('https://example.com/help', 'The page on which customers get support'),
}

const text = z.string().nullable()

/** The same fields in a response. */
export const looksView = {
  logo_url: text,
  logo_dark_url: text,
  colour: text,
  contrast: z
    .object({ on_brand: z.string(), ratio: z.number(), ink: z.string(), ink_dark: z.string() })
    .nullable()
    .openapi({
      description:
        'The colors that the page computes from `colour`, so that text can be read (WCAG 2.2, at least 4.5:1): ' +
        '`on_brand` for text on it, with the contrast `ratio`, and `ink` for text and focus rings of that color, ' +
        '`ink_dark` in dark colors',
      example: { on_brand: '#ffffff', ratio: 5.83, ink: '#2f5bd7', ink_dark: '#5f81e1' },
    }),
  corner: z.enum(brandCorners).nullable(),
  font: z.enum(brandFonts).nullable(),
  theme: z.enum(pageThemes).nullable(),
  legal_name: text,
  statement_name: text,
  terms_url: text,
  privacy_url: text,
  support_contact: text,
  support_email: text,
  support_phone: text,
  support_url: text,
}

type LooksInput = z.output<z.ZodObject<typeof looksFields>>

/** Returns the looks of a request. Fields that were not specified are undefined. */
export const toLooks = (input: LooksInput): LooksChanges => ({
  logoUrl: input.logo_url,
  logoDarkUrl: input.logo_dark_url,
  colour: input.colour,
  corner: input.corner,
  font: input.font,
  theme: input.theme,
  legalName: input.legal_name,
  statementName: input.statement_name,
  termsUrl: input.terms_url,
  privacyUrl: input.privacy_url,
  supportContact: input.support_contact,
  supportEmail: input.support_email,
  supportPhone: input.support_phone,
  supportUrl: input.support_url,
})

export const viewLooks = (brand: BrandLooks): z.input<z.ZodObject<typeof looksView>> => ({
  logo_url: brand.logoUrl,
  logo_dark_url: brand.logoDarkUrl,
  colour: brand.colour,
  contrast: brand.colour === null ? null : contrastView(brand.colour),
  corner: brand.corner,
  font: brand.font,
  theme: brand.theme,
  legal_name: brand.legalName,
  statement_name: brand.statementName,
  terms_url: brand.termsUrl,
  privacy_url: brand.privacyUrl,
  support_contact: brand.supportContact,
  support_email: brand.supportEmail,
  support_phone: brand.supportPhone,
  support_url: brand.supportUrl,
})

function contrastView(colour: string) {
  const { onBrand, ratio, ink, inkDark } = contrastOf(colour)
  return { on_brand: onBrand, ratio, ink, ink_dark: inkDark }
}
