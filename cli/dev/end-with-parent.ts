/** Processes of `dev` and the end of their parent. Apart, since `run` loads it. */

/** Tells `run` that it belongs to a process that may die. */
export const parentVariable = 'MILLRACE_DEV_PARENT'

/** Called by `run`: when `dev` dies, however it dies, its pipelines end too. */
export function endWithParent(): void {
  if (process.env[parentVariable] !== String(process.ppid)) return
  process.once('disconnect', () => process.exit(1))
  process.channel?.unref()
}
