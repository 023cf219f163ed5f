import { anyGateway, gatewayFacts } from '../gateways/list.ts'
import type { Guidance } from './failure-guide.ts'
import type { ConflictCode } from './failures.ts'

const countrySettings = Object.values(gatewayFacts)
  .flatMap(({ countrySetting = [] }) => countrySetting)
  .join(' or ')

/** One entry per code of a native response with status 409, as `failureGuide`. */
export const conflictGuide: Record<ConflictCode, Guidance> = {
  external_id_taken: {
    title: 'The external id is in use',
    meaning:
      'Another customer of this organization and environment has the external id. existing_id is the id of ' +
      'that customer.',
    remedy: 'Update that customer with PATCH /v1/customers/{id}, or send another external_id.',
  },
  customer_not_deletable: {
    title: 'The customer cannot be deleted',
    meaning: 'The customer has an active or suspended billing customer, a live onboarding, or children.',
    remedy: 'Cancel the onboarding or move the children. Then delete the customer.',
  },
  parent_cycle: {
    title: 'The parent is a descendant of the customer',
    meaning: 'A customer cannot be its own parent, or the child of one of its descendants.',
    remedy: 'Send another parent.',
  },
  no_live_onboarding: {
    title: 'No live onboarding',
    meaning: 'The onboarding has ended, so there is nothing to cancel, retry, extend or change.',
    remedy:
      'Read onboarding.status. POST /v1/billing_customers opens the next onboarding of a pending billing customer.',
  },
  onboarding_closing: {
    title: 'The onboarding is closing',
    meaning:
      'The onboarding was canceled, expired or failed, and is being rolled back (onboarding.closing). This ' +
      'takes seconds.',
    remedy: 'Send the same request again after Retry-After seconds.',
  },
  billing_customer_pending: {
    title: 'The billing customer is not active yet',
    meaning: 'Only an active billing customer can be suspended or enrolled, or have its payment method replaced.',
    remedy: 'Wait until status is active.',
  },
  billing_customer_suspended: {
    title: 'The billing customer is suspended',
    meaning: 'A suspended billing customer is not enrolled or charged, and its payment method is not replaced.',
    remedy: 'Call POST /v1/billing_customers/{id}/restore, then send the same request again.',
  },
  billing_customer_closed: {
    title: 'The billing customer is closed',
    meaning: 'It was closed for good: it has no payment method, and nothing can be enrolled or replaced.',
    remedy: 'Open it again with POST /v1/billing_customers: it gets a new onboarding.',
  },
  billing_customer_enrolled: {
    title: 'The billing customer is enrolled',
    meaning: 'An enrollment needs the payment method, so the payment method cannot be removed.',
    remedy: 'Cancel the enrollments first, or replace the payment method.',
  },
  payment_in_progress: {
    title: 'A payment attempt is in progress',
    meaning: 'Only one payment method is tried at a time.',
    remedy: 'Wait until no step of the onboarding is running, then send the same request again.',
  },
  payment_submitted: {
    title: 'The customer has submitted a payment method',
    meaning: 'The first submission fixes the initial charge. param names the field that can no longer change.',
    remedy: 'Omit the field. An operator can still change the amount: POST /v1/billing_customers/{id}/initial_amount.',
  },
  already_paid: {
    title: 'The initial charge is paid',
    meaning: 'The initial charge has succeeded, so its amount cannot change.',
    remedy: 'Read the charge: GET /v1/charges.',
  },
  nothing_to_charge: {
    title: 'This onboarding charges nothing',
    meaning: 'The live onboarding replaces a payment method, which charges nothing.',
    remedy: 'Omit the amount.',
  },
  too_many_attempts: {
    title: 'Too many payment methods were declined',
    meaning: 'The setup link has reached its limit of declines.',
    remedy: 'Replace the link: POST /v1/billing_customers/{id}/setup_link with replace set to true.',
  },
  payment_method_used: {
    title: 'The payment method was already submitted',
    meaning: 'It can be used only once, and was already submitted for another contact.',
    remedy: 'Ask the customer for the payment method again.',
  },
  payment_method_missing: {
    title: 'No payment method',
    meaning: 'The billing customer has no payment method that can be charged, or none has been entered yet.',
    remedy: 'Save one with POST /v1/billing_customers/{id}/payment_method.',
  },
  setup_over: {
    title: 'The setup accepts no payment method',
    meaning: 'There is no setup, or the setup has ended or expired.',
    remedy: 'Start a new setup.',
  },
  gateway_missing: {
    title: 'No gateway is configured for the environment',
    meaning:
      'No gateway of the organization has an account for the environment of the API key, so no payment is possible.',
    remedy:
      'Ask an operator to add the keys of a gateway (docs/going-live.md). With the setting gateway_accounts, connect ' +
      'or activate an account of the organization (docs/gateway-accounts.md). Then send the request again.',
  },
  gateway_refused: {
    title: "The gateway rejects the service's account",
    meaning: `${anyGateway} rejects the account of the service. The operators were notified.`,
    remedy: 'Use another gateway in the meantime.',
  },
  mapped_customer_not_ours: {
    title: 'The mapped customer does not belong to this organization',
    meaning:
      'integration_entity_mapping names a customer that the gateway does not have, or that belongs to ' +
      'another organization.',
    remedy: 'Change the mapping, or the metadata of the customer at the gateway.',
  },
  settings_mismatch: {
    title: "The organization's settings do not fit the currency",
    meaning:
      "No gateway of the organization supports the customer's currency, or the configured amount cannot be " +
      'charged in it.',
    remedy: `Change the settings gateways, initial_amount or ${countrySettings}, or the customer's currency.`,
  },
  charge_not_refundable: {
    title: 'The charge cannot be refunded by this call',
    meaning:
      'It was never paid, its onboarding is live, it is being refunded because its onboarding did not complete, or ' +
      'its payment is not known at the gateway.',
    remedy: 'Read detail, which names the case. Cancel a live onboarding: that refunds its charge.',
  },
  refund_exceeds_charge: {
    title: 'Less is left of the charge',
    meaning: 'The amount is more than the charge minus its refunds, including pending ones. Nothing was refunded.',
    remedy: 'Read what is left in detail, or omit amount to refund the rest. A refund that fails frees its amount.',
  },
  charge_not_resolvable: {
    title: 'The outcome does not fit the charge',
    meaning: 'A charge can be resolved only if its outcome is unknown or needs a decision of an operator.',
    remedy: 'Check the status of the charge.',
  },
  api_key_ended: {
    title: 'The API key is no longer valid',
    meaning: 'The key was revoked or has expired, so it cannot be rotated.',
    remedy: 'Create a new key.',
  },
  limit_reached: {
    title: 'Limit reached',
    meaning:
      'There is the maximum number of API keys, webhook endpoints or gateway accounts of the organization, of setup ' +
      'links of the onboarding, of secrets of the endpoint or account, or of refunds of the charge. detail says which.',
    remedy: 'Revoke or delete what is no longer used, wait until a secret ends, or open the next onboarding.',
  },
  link_usable: {
    title: 'The setup link is still valid',
    meaning: 'The hosted page can request a new link only if the old one has expired or reached its limit of declines.',
    remedy: 'Use the link.',
  },
  first_try_ended: {
    title: 'The object created with this Idempotency-Key no longer exists',
    meaning:
      'The response of the first request with this Idempotency-Key was lost. The customer or API key that it ' +
      'created has since been deleted or revoked, or has expired.',
    remedy: 'To create another one, send the request with a new Idempotency-Key.',
  },
  endpoint_disabled: {
    title: 'The webhook endpoint is disabled',
    meaning: 'A disabled endpoint collects events, but none are sent.',
    remedy: 'Enable it: POST /v1/webhook_endpoints/{id}/enable. Then send the same request again.',
  },
  push_endpoint: {
    title: 'The webhook endpoint is a push endpoint',
    meaning:
      'Only the events of pull endpoints are pulled and acknowledged. Those of push endpoints are sent to a URL.',
    remedy: 'Create an endpoint with kind pull.',
  },
  pull_endpoint: {
    title: 'The webhook endpoint is a pull endpoint',
    meaning: 'Nothing is sent to a pull endpoint, so there is nothing to try again.',
    remedy: 'Fetch its events: GET /v1/webhook_endpoints/{id}/pull.',
  },
  test_not_possible: {
    title: 'The test helper cannot do this',
    meaning:
      'The gateway has no call for it, or the onboarding or charge is not in a state in which it can happen. detail ' +
      'says which.',
    remedy: 'Do it in a browser or at the dashboard of the gateway, as detail says.',
  },
  bulk_onboarding_state: {
    title: 'The status of the bulk onboarding does not permit this',
    meaning: 'Only a checked bulk onboarding can be started, only a running one paused, and only a paused one resumed.',
    remedy: 'Read the bulk onboarding. Its status names what is possible: see docs/bulk.md.',
  },
  rows_invalid: {
    title: 'The file has invalid rows',
    meaning: 'The bulk onboarding was not started, because some of its rows are invalid and on_invalid is stop.',
    remedy: 'Correct the file and upload it again, or start it with on_invalid skip to leave these rows out.',
  },
  gateway_keys_missing: {
    title: 'Gateway accounts cannot be connected in this installation',
    meaning: 'The variable GATEWAY_KEYS is not set, so the service cannot encrypt the keys of an account.',
    remedy: 'Ask the operator to set GATEWAY_KEYS for the API and the worker: see docs/gateway-accounts.md.',
  },
  gateway_account_exists: {
    title: 'The account is connected already',
    meaning: 'The keys belong to an account at the gateway that is connected, here or in another organization.',
    remedy: 'Rotate the keys of the connected account, or activate it. Otherwise use the keys of another account.',
  },
  gateway_account_active: {
    title: 'Another account is active or pending at the gateway',
    meaning: 'An organization has one active and one pending account at a gateway in each environment.',
    remedy: 'Drain or disable the other account first, or let its owner complete the pending one.',
  },
  gateway_account_differs: {
    title: 'The keys belong to another account',
    meaning: 'Keys can be replaced only by keys of the same account at the gateway: objects stay at their account.',
    remedy: 'Use keys of the same account, or drain this one and connect the other one.',
  },
  gateway_account_other_auth: {
    title: 'The command is for accounts of another kind',
    meaning:
      'Keys are replaced for accounts with keys of their own. Onboarding links are for accounts that are called with ' +
      "the platform's keys.",
    remedy: 'Read auth of the gateway account to learn which commands apply.',
  },
  gateway_account_not_connected: {
    title: 'The account is not connected to the platform',
    meaning:
      'The platform has no access to the account, or not any more, or the metadata of the account does not name ' +
      'this organization.',
    remedy: 'Connect a new account, or ask the operator to connect this one: see docs/gateway-accounts.md.',
  },
  gateway_connect_unavailable: {
    title: 'Accounts cannot be connected to a platform in this installation',
    meaning:
      'The installation has no account at the gateway that is registered as a platform, or no secret for the events ' +
      'of connected accounts.',
    remedy: 'Ask the operator to set it up (docs/going-live.md), or connect the account with its own keys.',
  },
}
