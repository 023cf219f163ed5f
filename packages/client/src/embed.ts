// Types of `embed.js`, which the service serves: docs/embedding.md. Nothing here is code.

interface EventBase<Type extends string> {
  v: 1
  type: Type
  billing_customer_id: string
}

/** An event of the hosted page. It is a hint: rely on webhooks or the API. */
export type HostedPageEvent =
  | EventBase<'ready' | 'completed' | 'canceled' | 'failed' | 'closed'>
  | (EventBase<'resize'> & { /** Pixels. */ height: number })
  | (EventBase<'method_selected' | 'submitted'> & { gateway: string })
  | (EventBase<'action_required'> & { kind: 'challenge' | 'redirect' })
  | (EventBase<'declined'> & { code: string; attempts_left: number })
  | (EventBase<'expired'> & { reason: 'expired' | 'replaced' | 'exhausted' })

type EventOf<Type extends string> = Extract<HostedPageEvent, { type: Type }> & { type: Type }

/** Options of `BillingSetup.mount`. */
export interface MountOptions {
  /** The `setup_url` of the onboarding. */
  url: string
  /** `inline` (the default): in the element. `overlay`: in a dialog over the whole window. */
  open?: 'inline' | 'overlay'
  /** The accessible name of the frame, and of the dialog. */
  title?: string
  /** The accessible name of the button that closes the overlay. */
  closeLabel?: string
  onReady?: (event: EventOf<'ready'>) => void
  onResize?: (event: EventOf<'resize'>) => void
  onMethodSelected?: (event: EventOf<'method_selected'>) => void
  onSubmitted?: (event: EventOf<'submitted'>) => void
  onActionRequired?: (event: EventOf<'action_required'>) => void
  onDeclined?: (event: EventOf<'declined'>) => void
  onCompleted?: (event: EventOf<'completed'>) => void
  onExpired?: (event: EventOf<'expired'>) => void
  onCanceled?: (event: EventOf<'canceled'>) => void
  onFailed?: (event: EventOf<'failed'>) => void
  /** The customer closed the overlay. */
  onExit?: (event: EventOf<'closed'>) => void
}

/** What `embed.js` adds to the window. */
export interface BillingSetup {
  /** Shows the hosted page. Throws a TypeError that names a wrong argument. `unmount` removes the page. */
  mount(element: Element, options: MountOptions): { unmount(): void }
}
