import { Arguments } from '../model/arguments.js'
import type { Handle } from '../model/handle.js'
import type { openHandle } from '../model/handles.js'

/** The records that no window of a windowed stream accepted, each once. */
export function late(windows: Handle, open: typeof openHandle): Handle {
  const { recorder, node } = windows
  // A property has no call site: it is where its windows are.
  const { site } = recorder.node(node)
  return open(recorder, 'stream', recorder.add({ kind: 'late', input: node }, new Arguments('late', [site])))
}
