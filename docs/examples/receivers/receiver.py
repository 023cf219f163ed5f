# Receives webhooks with the library of Standard Webhooks:
#   pip install -r requirements.txt
#   PORT=3000 WEBHOOK_SECRET=whsec_… python3 receiver.py
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from standardwebhooks import Webhook

webhook = Webhook(os.environ["WEBHOOK_SECRET"])

# In production, keep both in your database: the ids for 30 days.
seen = set()
highest = {}
lock = Lock()


def record(event):
    """Records an event. Returns whether it must be processed: it is new, and no later one of its customer was there."""
    with lock:
        if event["id"] in seen:
            return False
        seen.add(event["id"])
        customer = event["data"].get("billing_customer_id")
        if not customer:
            return True
        if event["sequence"] < highest.get(customer, 0):
            return False
        highest[customer] = event["sequence"]
        return True


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        # The signature is of these bytes. A body that was parsed and written again is another body.
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            event = webhook.verify(body, dict(self.headers))
        except Exception:  # Also a body that is not UTF-8, or a header that is not base64.
            self.answer(400)
            return
        is_new = record(event)
        # Answer before you work: after 15 seconds without an answer, the event is sent again.
        self.answer(204)
        if is_new:
            print(event["id"], event["type"], event["sequence"], flush=True)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Receiver)
print("ready", flush=True)
server.serve_forever()
