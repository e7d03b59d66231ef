import streams
import urlparse

streams.serial()
print(urlparse.parse("http://www.cwi.nl:80/%7Eguido/Python.html"))
print(urlparse.parse("https://user:word@host.example:8080/a/b?x=1&y=2#end"))
print(urlparse.parse_netloc("user:word@host.example:8080"))
print(urlparse.quote("a b/c"), urlparse.quote_plus("a+b"), urlparse.unquote("a%20b+c"))
q = urlparse.parse_qs("x=1&y=a%20b")
print(q["x"], q["y"])
print(urlparse.urlencode({"k": "v w"}))
