// Sounds and vibration for each verdict. They differ in rhythm, not only in pitch: halls are noisy and ears differ.

const LOW = { hz: 320, shape: "square" }; // small speakers barely play lower
const three = [[LOW, 150], [null, 80], [LOW, 150], [null, 80], [LOW, 150]];
const tone = (hz, ms) => [{ hz, shape: "sine" }, ms];
const stop = [[LOW, 500], [null, 120], ...three];

/** name -> sound: [what, ms] pairs, buzz: vibration pattern in ms. */
const CUES = {
  match: { sound: [tone(1200, 60)] },
  step: { sound: [tone(1000, 70)] },
  line: { sound: [tone(880, 90), tone(1320, 110)] },
  complete: { sound: [tone(660, 110), tone(880, 110), tone(1320, 180)], buzz: [60] },
  wrong: { sound: three, buzz: [200, 80, 200, 80, 200] },
  unknown: { sound: three, buzz: [200, 80, 200, 80, 200] },
  stop: { sound: stop, buzz: [600] },
  repeated: { sound: [tone(700, 100), [null, 80], tone(700, 100)], buzz: [120, 80, 120] },
  command: { sound: [tone(1000, 60), [null, 60], tone(1000, 60)] },
  offline: { sound: [tone(700, 100), [null, 80], tone(700, 100)], buzz: [120] },
  online: { sound: [tone(1000, 70)] },
  blocked: { sound: stop, buzz: [600] },
  moved: { sound: stop, buzz: [600] },
};

let audio = null;
let quietAt = 0; // seconds on the audio clock: when the last cue ends

/** Browsers allow sound only after a key or a tap; call this from each. */
export function unlock() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

function sound(steps) {
  if (!audio || audio.state !== "running") return;
  let at = Math.max(audio.currentTime, Math.min(quietAt, audio.currentTime + 0.3));
  for (const [what, ms] of steps) {
    if (what) beep(what, at, ms / 1000);
    at += ms / 1000;
  }
  quietAt = at + 0.05;
}

function beep({ hz, shape }, at, seconds) {
  const oscillator = new OscillatorNode(audio, { frequency: hz, type: shape });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.8, at + 0.004); // without the ramps each beep begins and ends with a click
  volume.gain.setValueAtTime(0.8, at + seconds - 0.008);
  volume.gain.linearRampToValueAtTime(0, at + seconds);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}

/** Play one cue by name; tells the page as a "cue" event, so that tests and the debug page can hear it. */
export function play(name) {
  const cue = CUES[name];
  if (!cue) return;
  sound(cue.sound);
  if (cue.buzz && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(cue.buzz);
  document.dispatchEvent(new CustomEvent("cue", { detail: name }));
}
