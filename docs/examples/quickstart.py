import os
import time

from billing_onboarding import AuthenticatedClient
from billing_onboarding.api.billing_customers import get_billing_customer, open_billing_customer
from billing_onboarding.api.customers import create_customer
from billing_onboarding.models import CreateCustomer, OpenBillingCustomer, Problem

api_url = os.environ.get("API_URL", "http://127.0.0.1:8080")
client = AuthenticatedClient(base_url=api_url, token=os.environ["API_KEY"])


def checked(answer):
    if answer is None or isinstance(answer, Problem):
        raise SystemExit(answer.detail if answer else "unexpected response")
    return answer


contact = f"usr_{time.time_ns()}"
profile = CreateCustomer(external_id=contact, name="Ada Example", email="ada@example.com")
customer = checked(create_customer.sync(client=client, body=profile, idempotency_key=f"create-{contact}"))
body = OpenBillingCustomer(customer_id=customer.id)
opened = checked(open_billing_customer.sync(client=client, body=body, idempotency_key=f"open-{contact}"))
print(f"Open this as the customer: {opened.setup_url}", flush=True)

while True:
    state = checked(get_billing_customer.sync(opened.id, client=client))
    if state.onboarding.status != "pending":
        break
    time.sleep(1)
print(f"{state.status}: the onboarding {state.onboarding.status}")
