/** What went wrong with a request, in words a citizen can read. */

class ApiError extends Error {
  /**
   * @param {number} status the HTTP status, 0 when nothing came back
   * @param {string} message for her
   * @param {number | null} [retryAfter] seconds
   */
  constructor(status, message, retryAfter = null) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether sending the same thing again may well work. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** Whether this conversation cannot be gone on with. */
  get over() {
    return this.status === 401 || this.status === 404;
  }
}

module.exports = { ApiError };
