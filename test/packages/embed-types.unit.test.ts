import { expect, expectTypeOf, test } from 'vitest'
import type { mount } from '../../api/hosted-page/embed/mount.ts'
import type { MountOptions as Own } from '../../api/hosted-page/embed/options.ts'
import type { BillingSetup, HostedPageEvent, MountOptions } from '../../packages/client/src/embed.ts'
import type { PageEvent } from '../../api/hosted-page/embed/protocol.ts'

// The client package cannot import the service, so its types of embed.js are checked here, by the compiler.

test('the types of the client package are those of embed.js', () => {
  expectTypeOf<keyof MountOptions>().toEqualTypeOf<keyof Own>()
  expectTypeOf<typeof mount>().toExtend<BillingSetup['mount']>()
  expectTypeOf<Exclude<PageEvent, { type: 'redirect' }>>().toExtend<HostedPageEvent>()
  expectTypeOf<HostedPageEvent['type']>().toEqualTypeOf<Exclude<PageEvent['type'], 'redirect'>>()
  expect.assertions(0)
})
