"""WeChat's doors: the official account, 微信客服 of WeCom, and the server's part of the mini-program. See ``docs/wechat.md``."""
