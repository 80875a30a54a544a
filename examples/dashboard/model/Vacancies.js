// Seats that nobody holds: the view vacancy.
cube(`Vacancies`, {
  sql: `SELECT * FROM kota.vacancy`,

  measures: {
    posts: { type: `count`, title: `Posts with free seats` },
    seats: { sql: `free`, type: `sum`, title: `Free seats` }
  },

  dimensions: {
    postId: { sql: `post_id`, type: `number`, primaryKey: true },
    post: { sql: `post_title`, type: `string`, title: `Post` },
    unit: { sql: `unit_name`, type: `string`, title: `Unit` },
    blocked: { sql: `blocked`, type: `boolean`, title: `Cannot be filled now` },
    reason: { sql: `reason`, type: `string`, title: `Why not` }
  }
});
