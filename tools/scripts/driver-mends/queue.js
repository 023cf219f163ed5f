// What is changed in postgres.js 3.4.9, src/queue.js. Why: docs/decisions/0007.

export default [
  {
    why: `What was handed out is forgotten. It was kept until the queue was empty, which the queue of free connections may
      never be: each statement made it longer, and looked through all of it.`,
    from: `        xs[index - 1] = undefined
`,
    to: `        xs[index - 1] = undefined
        if (index * 2 > xs.length) {
          xs = xs.slice(index)
          index = 0
        }
`,
  },
]
