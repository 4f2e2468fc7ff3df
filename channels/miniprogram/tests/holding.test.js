const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Holding } = require("../miniprogram/lib/holding");
const { fakePlatform } = require("./fake-platform");

function made() {
  const phone = fakePlatform();
  const told = [];
  const note = (kind) => (what) => told.push([kind, what]);
  const holding = new Holding(phone, () => "wss://example.org/voice", { hearing: note("hearing"), heard: note("heard"), asked: note("asked"), problem: note("problem") });
  const down = (message) => phone.sockets.at(-1).on.message(JSON.stringify(message));
  return { phone, told, holding, down };
}

const sound = (ms, value = 1) => new Int16Array((16 * ms)).fill(value).buffer;

test("sound waits until the service is ready, numbered and timed, and ends in silence", () => {
  const { phone, holding, down } = made();
  holding.down();
  const [socket] = phone.sockets;
  socket.on.open();
  assert.deepEqual(JSON.parse(socket.sent[0]), { type: "hello", rate: 16000, loudspeaker: false });
  phone.recording.frame(sound(160));
  assert.equal(socket.sent.length, 1);
  down({ type: "ready" });
  phone.recording.frame(sound(40));
  holding.up();
  assert.equal(phone.recording, null);
  const frames = socket.sent.slice(1).map((data) => ({ number: new DataView(data).getUint32(0, true), at: new DataView(data).getUint32(4, true), pcm: new Int16Array(data.slice(8)) }));
  assert.deepEqual(frames.map(({ number }) => number), frames.map((_, at) => at));
  assert.deepEqual(frames.slice(0, 4).map(({ at }) => at), [0, 80, 160, 200]);
  assert.equal(frames.filter(({ pcm }) => pcm.every((one) => one === 0)).reduce((ms, { pcm }) => ms + pcm.length / 16, 0), 1600);
  holding.close();
});

test("what was heard is shown, what is read back is asked, what the turn says is not told twice", () => {
  const { told, holding, phone, down } = made();
  holding.down();
  phone.sockets[0].on.open();
  down({ type: "ready" });
  holding.up();
  for (const message of [
    { type: "heard", text: "我的", final: false }, { type: "heard", text: "我的电话是幺三八", final: true }, { type: "say", kind: "ack", text: "好的" },
    { type: "say", text: "您的电话是138，对吗？" }, { type: "heard", text: "对", final: true }, { type: "turn", turn: { turn: 2 } }, { type: "say", text: "下一个问题" },
  ]) down(message);
  assert.deepEqual(told.filter(([kind]) => kind !== "hearing"), [["heard", "我的电话是幺三八"], ["asked", "您的电话是138，对吗？"], ["heard", "对"]]);
  holding.close();
});

test("a microphone that is refused, a service that cannot hear and a line that breaks are told with what to do", () => {
  const refused = made();
  refused.holding.down();
  refused.phone.recording.failed("startRecord:fail auth deny");
  assert.match(refused.told.at(-1)[1], /允许，或者打字/);
  refused.holding.close();
  for (const [code, words] of [[4503, /听不了语音/], [1006, /再说一遍/]]) {
    const one = made();
    one.holding.down();
    one.phone.sockets[0].on.close(code);
    assert.match(one.told.at(-1)[1], words);
    assert.equal(one.phone.recording, null, "nothing is recorded any more");
  }
  const quiet = made();
  quiet.holding.down();
  quiet.phone.sockets[0].on.open();
  quiet.down({ type: "ready" });
  quiet.holding.up();
  quiet.phone.sockets[0].on.close(1006);
  assert.equal(quiet.told.filter(([kind]) => kind === "problem").length, 0, "nothing of hers was lost");
});

test("the socket rests after a while, and opens anew at the next word", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { phone, holding, down } = made();
  holding.down();
  phone.sockets[0].on.open();
  down({ type: "ready" });
  holding.up();
  context.mock.timers.tick(120_000);
  assert.equal(phone.sockets[0].closed, true);
  holding.down();
  assert.equal(phone.sockets.length, 2);
  phone.recording.frame(sound(80));
  assert.equal(phone.sockets[1].sent.length, 0, "first it is greeted");
  holding.close();
});
