/** Told to whoever shows progress; calls may come in any order of subjects. */
export interface Progress {
  readonly done: number
  readonly total: number
  /** What was just finished. */
  readonly subject: string
}

export type OnProgress = (progress: Progress) => void

/** Runs `work` for all items, at most `limit` at a time; results in the order of the items. The first error ends it. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  limit = 8,
): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  let failed = false
  const worker = async (): Promise<void> => {
    while (!failed && next < items.length) {
      const index = next++
      try {
        results[index] = await work(items[index] as T, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}
