// The format of a stream of messages: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

/** Give the messages of a body as they come: { id, kind, data }, each only where the server said it. Calls `heard` at every sign of life. */
export async function* messages(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    const blocks = (text + value).split('\n\n');
    text = blocks.pop();
    yield* blocks.map(parse);
  }
}

function parse(block) {
  const message = {};
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) message.id = Number(line.slice(4));
    if (line.startsWith('event: ')) message.kind = line.slice(7);
    if (line.startsWith('data: ')) message.data = JSON.parse(line.slice(6));
  }
  return message;
}
