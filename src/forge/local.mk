# forge
