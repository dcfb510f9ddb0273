"""A passkey device made of software: real keys and real signatures, so that the server's checks are the real ones."""

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

ORIGIN, HOST = "https://rooms.nordlicht.example", "rooms.nordlicht.example"
PRESENT, VERIFIED, WITH_CREDENTIAL = 0x01, 0x04, 0x40


class Authenticator:
    """One device with one key. `counter` grows with each signature."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.counter = 0

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer creation options with a new credential (WebAuthn level 3, attestation "none")."""
        public = cbor.encode(ES256.from_cryptography_key(self.key.public_key()))
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(PRESENT | VERIFIED | WITH_CREDENTIAL, HOST) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options, ORIGIN)
        return self._answer({"clientDataJSON": client, "attestationObject": attestation})

    def sign(
        self, options: dict[str, Any], *, origin: str = ORIGIN, host: str = HOST, verified: bool = True, key: Any = None
    ) -> dict[str, Any]:
        """Answer request options with a signature."""
        self.counter += 1
        data = self._data(PRESENT | (VERIFIED if verified else 0), host)
        client = self._client("webauthn.get", options, origin)
        signature = (key or self.key).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def _data(self, flags: int, host: str) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, type: str, options: dict[str, Any], origin: str) -> bytes:
        challenge = dict(options["publicKey"])["challenge"]
        text = challenge if isinstance(challenge, str) else websafe_encode(challenge)
        return json.dumps({"type": type, "challenge": text, "origin": origin}).encode()

    def _answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        packed = {name: websafe_encode(value) for name, value in response.items()}
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": packed, "clientExtensionResults": {}}
