import streams

streams.serial()
#-if NOT_A_SYMBOL
print("never")
#-else
print("else branch")
#-endif
#-if !NOT_A_SYMBOL
print("negated")
##-if NOT_A_SYMBOL
print("never inside")
##-else
print("nested")
##-endif
#-endif

def fn():
#-if NOT_A_SYMBOL
    return 1
#-else
    return 2
#-endif

print(fn())
