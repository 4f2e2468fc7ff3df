/** Pages and the app as the platform would open them, without their templates. */
const { join } = require("node:path");

const ROOT = join(__dirname, "..", "miniprogram");

/** What a module gives to App() or Page(), with these in the place of the platform's globals. */
function defined(path, globals) {
  let definition;
  Object.assign(globalThis, globals, { App: (given) => { definition = given; }, Page: (given) => { definition = given; } });
  delete require.cache[require.resolve(path)];
  require(path);
  return definition;
}

/** A page's logic, with `app` in the place of getApp() and `wx` as given. */
function opened(name, app, wx = {}) {
  const definition = defined(join(ROOT, "pages", name, `${name}.js`), {
    getApp: () => app, wx: new Proxy(wx, { get: (target, key) => target[key] ?? (() => undefined) }),
  });
  const page = { ...definition, data: structuredClone(definition.data) };
  page.setData = (given) => {
    for (const [key, value] of Object.entries(given)) {
      const found = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(key);
      if (found) page.data[found[1]][Number(found[2])][found[3]] = value;
      else page.data[key] = value;
    }
  };
  return page;
}

/** The app, launched. */
function launched(wx) {
  const app = { ...defined(join(ROOT, "app.js"), { wx }) };
  app.onLaunch();
  return app;
}

module.exports = { ROOT, opened, launched };
