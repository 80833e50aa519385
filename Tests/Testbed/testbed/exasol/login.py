"""Keys and users: the RSA half of the login, from the published 1024-bit test key or a fresh one."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_N = int(
    "a27606b686dd798824e01cc23cf98954d0a4881d851f16ae250a68fb7fad8700743d26e66329d26d931571e8ec5e5fe5"
    "e3340b7241dcbc55232e6092d139dc40c58c77cbf3dddc2d5dba7676bb32bb76e5bb390c008a02f3d615439e3f663036"
    "29d2cddc8891bed83fa19cf86882fe4af0fb42330efe510401cca8a9da5c8f35",
    16,
)
_D = int(
    "750cb85575e1c81831094f6f1ae366f0b6ca744f60843fa1048af58c8e3706176ba84b889e559988dcfa0c72172affc8"
    "efe3a58392b468f4a63e59d22df09420e869e2824cf2b41cc25fddf780f0c418972f3fd465d7e9671998765f71435a81"
    "f4dbe92c06f14fcbed54f9bef2113ff505a1a6857b0aea7b78698534b0032a19",
    16,
)
_E = 65537

# What the tests log in with. Names fold like SQL identifiers.
USERS = {"SYS": "exasol", "TERN": "tern-secret", "ÜSER": "pässwörd-€", "TOKENONLY": ""}
REFRESH_TOKENS = {"exa_pat_0123456789": "SYS"}
ACCESS_TOKENS = {"access-0123456789": "SYS"}
EXPIRED_TOKENS = ("exa_pat_expired", "access-expired")


@dataclass(frozen=True)
class LoginKey:
    """An RSA key that decrypts what PKCS#1 v1.5 padding hides."""

    modulus: int
    private: int
    exponent: int = _E

    @classmethod
    def make(cls, form: str) -> "LoginKey":
        """`fixed` is the key of the test vectors, `adhoc` a new one of the same size."""
        if form == "fixed":
            return cls(_N, _D)
        numbers = rsa.generate_private_key(public_exponent=_E, key_size=1024).private_numbers()
        return cls(numbers.public_numbers.n, numbers.d)

    def described(self) -> dict[str, str]:
        """The `responseData` of the second login message."""
        der = (
            rsa.RSAPublicNumbers(self.exponent, self.modulus)
            .public_key()
            .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
        )
        body = base64.b64encode(der).decode()
        lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
        pem = f"-----BEGIN RSA PUBLIC KEY-----\n{lines}\n-----END RSA PUBLIC KEY-----\n"
        return {
            "publicKeyPem": pem,
            "publicKeyModulus": f"{self.modulus:0256x}",
            "publicKeyExponent": f"{self.exponent:06x}",
        }

    def decrypt(self, text: str) -> str | None:
        """The plain password, or None for anything that is not properly padded."""
        try:
            cipher = base64.b64decode(text, validate=True)
        except ValueError:
            return None
        if len(cipher) != 128 or len(text) != 172:
            return None
        block = pow(int.from_bytes(cipher, "big"), self.private, self.modulus).to_bytes(128, "big")
        end = block.find(b"\0", 2)
        if block[:2] != b"\0\2" or end < 10:
            return None
        try:
            return block[end + 1 :].decode("utf-8")
        except UnicodeDecodeError:
            return None


def fold_user(name: str) -> str:
    """User names fold like identifiers: `sys` is SYS, `"sys"` is not."""
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name.upper()


def password_user(username: str, secret: str | None) -> str | None:
    """The user that a password (or, from V3, a refresh token in its place) opens."""
    user = fold_user(username)
    if secret and secret in REFRESH_TOKENS:
        return REFRESH_TOKENS[secret]
    if secret and user in USERS and USERS[user] == secret:
        return user
    return None


def token_user(message: dict[str, object]) -> str | None:
    """The user of an access or refresh token; exactly one must be there."""
    access, refresh = message.get("accessToken"), message.get("refreshToken")
    if (access is None) == (refresh is None):
        return None
    table = ACCESS_TOKENS if access is not None else REFRESH_TOKENS
    return table.get(str(access if access is not None else refresh))
