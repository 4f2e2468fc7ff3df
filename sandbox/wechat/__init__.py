"""WeChat and WeCom, as far as the product speaks to them: tokens, signing in, messages in and out, files, customer service."""
