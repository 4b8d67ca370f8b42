"""The child process behind `preview`: a JSON request a line on standard input, a JSON answer a line on output.

Asked `{"zpl", "width", "height"}` (dots), it answers `{"png"}` in base64 or `{"error"}`.
"""

import sys
from pathlib import Path

from py_mini_racer import JSPromise, MiniRacer

DOTS_PER_MM = 8
TIMEOUT_S = 60

# A bare V8 lacks these browser parts, which Go's WebAssembly start-up asks for. Randomness only seeds Go's maps.
SHIMS = """
globalThis.crypto ??= {getRandomValues(a) { for (let i = 0; i < a.length; i++) a[i] = Math.random() * 256; return a; }};
globalThis.performance ??= {now: () => Date.now()};
globalThis.console = {log() {}, warn() {}, error() {}};
const inSlices = (bytes) => {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode.apply(null, bytes.subarray(i, i + 4096));
  return text;
};
globalThis.TextEncoder ??= class {
  encode(text) { return Uint8Array.from(unescape(encodeURIComponent(text)), (c) => c.charCodeAt(0)); }
};
globalThis.TextDecoder ??= class {
  decode(view) {
    if (!view) return '';
    const bytes = new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
    return decodeURIComponent(escape(inSlices(bytes)));
  }
};
globalThis.atob ??= (base64) => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const plain = base64.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor(plain.length * 3 / 4));
  let held = 0, bits = 0, at = 0;
  for (const letter of plain) {
    held = (held << 6) | letters.indexOf(letter);
    bits += 6;
    if (bits >= 8) { bits -= 8; bytes[at++] = (held >> bits) & 255; held &= (1 << bits) - 1; }
  }
  return inSlices(bytes);
};
"""
ANSWER = f"""
const answer = async ({{zpl, width, height}}) => {{
  try {{
    const png = await zpljs.zplToBase64Async(zpl, width / {DOTS_PER_MM}, height / {DOTS_PER_MM}, {DOTS_PER_MM});
    return JSON.stringify({{png}});
  }} catch (error) {{
    return JSON.stringify({{error: error.message}});
  }}
}}; 0
"""


def main(bundle: Path) -> None:
    """Answer until the input ends."""
    # Left open, V8 keeps the interpreter from ending.
    with MiniRacer() as context:
        _ = context.eval(SHIMS)
        _ = context.eval(bundle.read_text(encoding="utf-8") + "; 0")
        _ = context.eval(ANSWER)
        for line in sys.stdin:
            # The request is JSON, and every JSON text is a JavaScript value.
            promise = context.eval(f"answer({line})")
            if not isinstance(promise, JSPromise):
                raise TypeError("The drawing function must be asynchronous.")
            _ = sys.stdout.write(f"{promise.get(timeout=TIMEOUT_S)}\n")
            _ = sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
