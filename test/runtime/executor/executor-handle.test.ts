import { expect, it } from 'vitest'
import { ExecutorHandle } from '../../../runtime/executor/executor-handle.js'
import type { FromExecutor, ToExecutor } from '../../../runtime/executor/protocol.js'

const ignore = (): void => undefined

const handleOf = (answer: (message: ToExecutor, receive: (message: FromExecutor) => void) => void): ExecutorHandle =>
  new ExecutorHandle(
    (receive) => ({
      post: (message) => {
        answer(message, receive)
      },
      terminate: () => Promise.resolve(),
    }),
    {
      commit: () => Promise.resolve(undefined),
      onFailed: ignore,
      onPrint: ignore,
      onLog: ignore,
      onRestored: ignore,
    },
  )

it('what it was asked for is refused when it closes before an answer', async () => {
  const handle = handleOf((message, receive) => {
    if (message.type === 'command' && message.command.kind === 'close') {
      receive({ type: 'done', id: message.id, failure: undefined })
    }
  })
  const refused = expect(handle.start()).rejects.toThrow('the executor is closed')
  await handle.close()
  await refused
})
